print("fetched")
