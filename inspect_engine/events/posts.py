"""The posts of a bureau (岗位): one actor for each role until a bureau names its own people."""

from sqlmodel import Session, col, select

from inspect_engine.events.log import Act, append
from inspect_engine.events.tables import Actor, Role

POSTS = {
    "登记岗": Role.registrar,
    "计划岗": Role.planner,
    "抽取岗": Role.drawer,
    "审批岗": Role.approver,
    "公示岗": Role.publisher,
    "监察岗": Role.supervisor,
}


def add_posts(session: Session, act: Act) -> list[str]:
    """Add the posts that are not there yet.

    Returns
    -------
    list of str
        Names of all posts.
    """
    there = set(session.exec(select(Actor.name).where(col(Actor.name).in_(list(POSTS)))))
    missing = {name: role for name, role in POSTS.items() if name not in there}
    session.add_all(Actor(name=name, role=role) for name, role in missing.items())
    if missing:
        append(session, act, "actors.added", "posts", {"names": list(missing)})
    return list(POSTS)
