"""Is the place drawn so that people can be guided through it? Enter by `yuanli.campus`."""
