"""The SQL engine for ImageRewardDB: people's rankings and ratings of generated images, as SQL and Polars frames."""

from irdb_sql.database import ImageRewardDB, connect
from irdb_sql.errors import IrdbError

__all__ = ["ImageRewardDB", "IrdbError", "connect"]
