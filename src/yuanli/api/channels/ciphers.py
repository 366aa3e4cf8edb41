"""The ciphers and signatures of the channels, as their documentation defines them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

KEY_BYTES = 32
IV_BYTES = 16
RANDOM_BYTES = 16
LENGTH_BYTES = 4


class CipherError(Exception):
    """A text was not made with this key."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """The envelope of WeCom and DingTalk: AES-256-CBC over random, length, message and receiver.

    Parameters
    ----------
    token, aes_key
        What signs, and the 43 characters (EncodingAESKey) that encrypt.
    receiver
        Whom a message has to be for: the company's id, or the app's key.
    """

    token: str = field(repr=False)
    aes_key: str = field(repr=False)
    receiver: str

    def signature(self, timestamp: str, nonce: str, encrypted: str) -> str:
        """Return SHA-1 over the sorted parts."""
        parts = sorted((self.token, timestamp, nonce, encrypted))
        return hashlib.sha1("".join(parts).encode()).hexdigest()

    def opened(self, encrypted: str) -> str:
        """Return the message.

        Raises
        ------
        CipherError
            It was not made with this key, or not for this receiver.
        """
        plain = unpadded(_decrypted(self._key, self._key[:IV_BYTES], decoded(encrypted)), KEY_BYTES)
        start = RANDOM_BYTES + LENGTH_BYTES
        length = int.from_bytes(plain[RANDOM_BYTES:start], "big")
        message, receiver = plain[start : start + length], plain[start + length :]
        if len(message) != length or not same(receiver, self.receiver):
            raise CipherError
        return _text(message)

    def closed(self, message: str) -> str:
        """Return a message encrypted, each time differently."""
        content = message.encode()
        length = len(content).to_bytes(LENGTH_BYTES, "big")
        plain = secrets.token_bytes(RANDOM_BYTES) + length + content + self.receiver.encode()
        padding = KEY_BYTES - len(plain) % KEY_BYTES
        sealed = _encrypted(self._key, self._key[:IV_BYTES], plain + bytes([padding]) * padding)
        return base64.b64encode(sealed).decode()

    @property
    def _key(self) -> bytes:
        return decoded(f"{self.aes_key}=")


def feishu_opened(encrypted: str, encrypt_key: str) -> str:
    """Return a message of Feishu: AES-256-CBC by the key's SHA-256, the first block is the IV.

    Raises
    ------
    CipherError
        It was not made with this key.
    """
    sealed = decoded(encrypted)
    key = hashlib.sha256(encrypt_key.encode()).digest()
    return _text(unpadded(_decrypted(key, sealed[:IV_BYTES], sealed[IV_BYTES:]), IV_BYTES))


def feishu_signature(timestamp: str, nonce: str, encrypt_key: str, body: bytes) -> str:
    """Return SHA-256 over time, nonce, key and the body as it came."""
    return hashlib.sha256(f"{timestamp}{nonce}{encrypt_key}".encode() + body).hexdigest()


def dingtalk_signature(timestamp: str, secret: str) -> str:
    """Return HMAC-SHA256 of the time, in Base64."""
    digest = hmac.digest(secret.encode(), f"{timestamp}\n{secret}".encode(), "sha256")
    return base64.b64encode(digest).decode()


def same(one: str | bytes, other: str) -> bool:
    """Compare two secrets, in a time that tells nothing of them."""
    given = one if isinstance(one, bytes) else one.encode(errors="surrogatepass")
    return hmac.compare_digest(given, other.encode())


def decoded(text: str) -> bytes:
    """Decode Base64.

    Raises
    ------
    CipherError
        It is not Base64.
    """
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise CipherError from error


def unpadded(plain: bytes, block: int) -> bytes:
    """Take the padding off (PKCS #7).

    Raises
    ------
    CipherError
        There is none.
    """
    count = plain[-1] if plain else 0
    if not 1 <= count <= block or not plain.endswith(bytes([count]) * count):
        raise CipherError
    return plain[:-count]


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise CipherError from error


def _decrypted(key: bytes, iv: bytes, sealed: bytes) -> bytes:
    if len(key) != KEY_BYTES or len(iv) != IV_BYTES or not sealed or len(sealed) % IV_BYTES:
        raise CipherError
    return _transformed(key, iv, sealed, encrypts=False)


def _encrypted(key: bytes, iv: bytes, plain: bytes) -> bytes:
    return _transformed(key, iv, plain, encrypts=True)


def _transformed(key: bytes, iv: bytes, content: bytes, *, encrypts: bool) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    cipher = Cipher(algorithms.AES(key), modes.CBC(iv))
    context = cipher.encryptor() if encrypts else cipher.decryptor()
    return bytes(context.update(content) + context.finalize())
