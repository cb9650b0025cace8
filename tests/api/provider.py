"""A small OpenID Connect provider on 127.0.0.1 for tests: discovery, keys and tokens, RS256."""

import json
import threading
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "entremise", "a secret & of: the client"  # of invented people


class Provider:
    """Gives codes for claims, and ID tokens for codes to who knows the client's secret and the PKCE verifier."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self.key = RSAKey.generate_key(2048, {"kid": "1", "use": "sig", "alg": "RS256"})
        self.codes: dict[str, dict[str, Any]] = {}
        self.claims: dict[str, Any] = {}
        """Claims that take the place of the right ones."""
        self.sign: Callable[[dict[str, Any]], str] = lambda claims: signed(self.key, claims)
        """Makes an ID token of claims."""
        self.discovered: dict[str, Any] = {}
        """What takes the place of something right in the discovery document."""
        self.asked: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def log_in(self, address: str, **person: Any) -> dict[str, str]:
        """Do what a person does at the provider, and return the parameters that they come back with."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
        code = f"code-{len(self.codes)}"
        self.codes[code] = {**asked, "person": person}
        return {"code": code, "state": asked["state"]}

    def discovery(self) -> dict[str, Any]:
        endpoints = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
        found = {"issuer": self.issuer} | {name: self.issuer + path for name, path in endpoints.items()}
        return found | self.discovered

    def token(self, authorization: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Return the answer of the token endpoint."""
        given = b64decode(authorization.removeprefix("Basic ")).decode() if authorization else ""
        if [unquote(part) for part in given.split(":", 1)] not in ([CLIENT, SECRET], [CLIENT, unquote(SECRET)]):
            return 401, {"error": "invalid_client"}
        code = self.codes.pop(form["code"], None)
        challenge = urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
        if code is None or code["code_challenge"] != challenge or code["redirect_uri"] != form["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        now = int(self.now())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": code["nonce"]}
        claims |= code["person"] | self.claims
        return 200, {"access_token": "unused", "token_type": "Bearer", "id_token": self.sign(claims)}


def signed(key: RSAKey, claims: dict[str, Any], kid: str = "1") -> str:
    """Return an ID token as a provider signs it."""
    return jwt.encode({"alg": "RS256", "kid": kid}, claims, key, algorithms=["RS256"])


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            provider.asked.append(self.path)
            told = {"/.well-known/openid-configuration": provider.discovery()}
            told["/keys"] = {"keys": [provider.key.as_dict(private=False)]}
            self.answer(200, told[self.path])

        def do_POST(self) -> None:
            provider.asked.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self.answer(*provider.token(self.headers.get("Authorization", ""), form))

        def answer(self, status: int, told: dict[str, Any]) -> None:
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *told: Any) -> None:
            """Say nothing."""

    return Handler
