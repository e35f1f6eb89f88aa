"""The checker of packs: lawful packs hold, every planted fault is named, and nothing makes it raise."""
