"""A refusal: an expected no, with a stable code for machines and a French sentence for people."""

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

REFUSALS: dict[str, type["Refusal"]] = {}


class Details(BaseModel):
    """What a refusal knows beyond its code; ids, days, instants and cents, never a name."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Refusal(Exception):
    """Base of every refusal. `sentence` may quote the details by name: `{day}`, `{price_cents}`.

    The domain raises it, the chassis turns it into problem+json, the client turns that back
    into the same class, and a page shows the sentence with its details written in French.
    """

    code: ClassVar[str]
    status: ClassVar[int]
    sentence: ClassVar[str]
    Details: ClassVar[type[Details]] = Details

    def __init_subclass__(cls, *, code: str, status: int, **options: Any) -> None:
        super().__init_subclass__(**options)
        assert code not in REFUSALS, f"two refusals have the code {code}"  # noqa: S101
        cls.code = code
        cls.status = status
        REFUSALS[code] = cls

    def __init__(self, **details: Any) -> None:
        self.details = self.Details(**details)
        super().__init__(self.code)


class FieldError(BaseModel):
    """One field that was not understood: where it stands, and pydantic's kind of error."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    field: str
    kind: str


class Malformed(Refusal, code="request.malformed", status=422):
    """The request does not have the shape that the operation declares."""

    sentence = "Certaines informations n’ont pas été comprises. Vérifiez-les puis recommencez."

    class Details(Details):
        errors: tuple[FieldError, ...] = ()


class Unsigned(Refusal, code="request.unsigned", status=401):
    """The request carries no valid service token."""

    sentence = "Votre session est terminée. Connectez-vous pour continuer."


class NotAllowed(Refusal, code="request.not_allowed", status=403):
    """The caller is known and may not use this operation."""

    sentence = "Cette action n’est pas possible avec votre compte."


class NotFound(Refusal, code="request.not_found", status=404):
    """Nothing is there for this caller: a foreign object and a missing one look the same."""

    sentence = "Cette page n’existe pas ou n’est plus disponible."


class SameIdOtherContent(Refusal, code="request.same_id_other_content", status=422):
    """This id was already used for something else."""

    sentence = "Cette demande a déjà été envoyée avec un autre contenu."


class Unavailable(Refusal, code="service.unavailable", status=503):
    """A database or a neighbour does not answer for now; nothing was changed."""

    sentence = (
        "Le service est momentanément indisponible. Rien n’a été perdu : "
        "réessayez dans quelques instants."
    )


class TooLarge(Refusal, code="request.too_large", status=413):
    """The body is larger than the operation accepts."""

    sentence = "L’envoi est trop volumineux."


COMMON: tuple[type[Refusal], ...] = (
    Malformed, Unsigned, NotAllowed, Unavailable, TooLarge,
)  # fmt: skip
"""What any operation may answer."""
