"""What do we do; did it help?"""
