"""The container's health check: is the provider ready?

The provider answers only for its issuer's host, so the call goes to this container under that name.
"""

import os
import sys
import urllib.error
import urllib.request
from urllib.parse import urlsplit


def main() -> int:
    """Return 0 if `/readyz` says that the provider is ready."""
    host = urlsplit(os.environ.get("IDP_ISSUER", "http://localhost:8000")).netloc
    url = f"http://127.0.0.1:{os.environ.get('IDP_PORT', '8000')}/readyz"
    request = urllib.request.Request(url, headers={"Host": host})  # our own address
    try:
        with urllib.request.urlopen(request, timeout=4) as answer:  # noqa: S310  # our own address
            return 0 if answer.status == 200 else 1
    except (OSError, urllib.error.HTTPError) as error:
        sys.stderr.write(f"not ready: {error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
