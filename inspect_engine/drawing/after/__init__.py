"""What happens after the lottery (抽取之后): followers, reserves, new days, and the rows that tell of them."""
