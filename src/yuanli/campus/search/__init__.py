"""Which place is called that? Enter by `yuanli.campus`."""
