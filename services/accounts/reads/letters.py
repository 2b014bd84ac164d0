"""What a link does, to who holds its secret."""

from chassis.database import Transaction
from chassis.queries import named_queries
from contracts.accounts import LinkView
from contracts.refusal import NotFound
from services.accounts.domain.letters import Link

SQL = named_queries("services.accounts")


async def find_link(connection: Transaction, secret_hash: str) -> Link:
    """The link that a secret opens, used or not. Raises NotFound."""
    row = await connection.fetchrow(SQL.find_link, bytes.fromhex(secret_hash))
    if row is None:
        raise NotFound()
    return Link(**row)


async def show_link(connection: Transaction, secret_hash: str) -> LinkView:
    """What a link will do, for whom. Raises NotFound, LinkOver."""
    link = await find_link(connection, secret_hash)
    link.must_be_open()
    people = await connection.fetchrow(SQL.show_people_of_link, link.letter)
    person = None if link.purpose == "invitation" else link.person
    return LinkView(purpose=link.purpose, person=person, email=link.email, **dict(people or {}))
