"""Where is it kept?"""

from yuanli.storage.accounts import SqlAccountStore
from yuanli.storage.campuses import SqlCampusStore
from yuanli.storage.database import Database, open_database

__all__ = ["Database", "SqlAccountStore", "SqlCampusStore", "open_database"]
