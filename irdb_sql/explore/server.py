"""Serves the explorer: until Ctrl-C for a command, or in the background for a notebook."""

from __future__ import annotations

import errno
import html
import socket
import threading
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

import uvicorn

from irdb_sql.explore.app import make_app
from irdb_sql.explore.errors import PortError
from irdb_sql.explore.guard import ANY_ADDRESS

if TYPE_CHECKING:
    from types import TracebackType

    from irdb_sql.database.facade import ImageRewardDB
    from irdb_sql.explore.app import ExplorerApp
    from irdb_sql.explore.guard import Access

LONGEST_ADDRESS = 400_000
"""Bytes of the first lines of a request, which hold the statement of /sql."""


class ExploreServer:
    """A server of the explorer, which listens from the start.

    Args:
        db: The database, which has to stay open.
        access: Who may ask.
        port: The port; 0 for one that is free.
        blur: Whether images are blurred until a reader wants to see them.

    Raises:
        PortError: The port is taken, or there is no such host.
        MissingPackageError: The extra `explore` is not installed.
    """

    def __init__(self, db: ImageRewardDB, access: Access, port: int = 0, *, blur: bool = False) -> None:
        app = make_app(db, access, blur=blur)
        self._access = access
        self._socket = _listen(access.host, port)
        self.port: int = self._socket.getsockname()[1]
        self._server = _Server(
            uvicorn.Config(
                app,
                log_config=None,
                log_level="critical",  # what it would print is about requests that no browser sends
                access_log=False,
                lifespan="off",
                proxy_headers=False,
                server_header=False,
                ws="none",
                http="h11",
                h11_max_incomplete_event_size=LONGEST_ADDRESS,
                timeout_graceful_shutdown=1,
            ),
            app,
        )
        app.warm_up()

    @property
    def address(self) -> str:
        """The address of the first page, with the token if there is one."""
        host = socket.gethostname() if self._access.host in ANY_ADDRESS else self._access.host
        name = f"[{host}]" if ":" in host else host
        token = "" if self._access.token is None else f"?token={quote(self._access.token, safe='')}"
        return f"http://{name}:{self.port}/{token}"

    def serve(self) -> None:
        """Answer requests until Ctrl-C."""
        self._server.run(sockets=[self._socket])

    def close(self) -> None:
        """Stop answering."""
        self._server.should_exit = True


class _Server(uvicorn.Server):
    """A server that ends statements first, for which it would wait.

    Args:
        config: How it serves.
        app: What answers.
    """

    def __init__(self, config: uvicorn.Config, app: ExplorerApp) -> None:
        super().__init__(config)
        self._app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End."""
        self._app.stop()
        await super().shutdown(sockets)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        reason = error.strerror or str(error)
        is_known = not isinstance(error, socket.gaierror) and error.errno != errno.EADDRNOTAVAIL
        raise PortError(host, port, reason, is_known_host=is_known) from error
    listening.listen(128)
    return listening


class Exploration:
    """A server that answers in the background, and that a notebook shows in a frame; it ends with the process.

    Args:
        server: The server.
        height: Height of the frame in pixels.

    Attributes:
        address: The address of the first page.
    """

    def __init__(self, server: ExploreServer, height: int = 800) -> None:
        self._server = server
        self._height = height
        self.address = server.address
        # A daemon ends with the process, which is the kernel.
        self._thread = threading.Thread(target=self._server.serve, name="irdb explore", daemon=True)
        self._thread.start()

    def __repr__(self) -> str:
        return f"<Exploration {self.address}>"

    def _repr_html_(self) -> str:
        """Return a frame that shows the first page, which notebooks call for."""
        address = html.escape(self.address)
        return (
            f'<iframe src="{address}" title="irdb explore" width="100%" height="{self._height}" '
            f'style="border: 1px solid #8888"></iframe><p><a href="{address}" target="_blank">{address}</a></p>'
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop the server and free its port."""
        self._server.close()
        self._thread.join(timeout=5)
