"""The Ed25519 keys of those who may sign service tokens, drawn once and kept."""

import json
from pathlib import Path
from typing import Final

from joserfc.jwk import OKPKey

from deploy.local.secrecy import write_secret

SIGNERS: Final = ("gateway", "console", "notifications", "operator")


class SigningKeys:
    """One private key per signer in a folder; everybody knows the public ones."""

    def __init__(self, folder: Path) -> None:
        self._files = {signer: folder / f"{signer}.jwk" for signer in SIGNERS}
        for signer, file in self._files.items():
            if not file.exists():
                key = OKPKey.generate_key("Ed25519", {"kid": signer, "use": "sig"})
                write_secret(file, json.dumps(key.as_dict(private=True)))

    def private(self, signer: str) -> str:
        """The private key of one signer, as JSON."""
        return self._files[signer].read_text()

    def public(self) -> str:
        """The public keys of all signers, as a JSON key set."""
        keys = [OKPKey.import_key(json.loads(self.private(signer))) for signer in SIGNERS]
        return json.dumps({"keys": [key.as_dict(private=False) for key in keys]})
