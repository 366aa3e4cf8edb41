"""The training side: everything here needs `yuanli[train]` and is loaded by `yuanli.learning.train`."""
