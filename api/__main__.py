"""`python -m api` is `matcher-api`."""

from api.serving import main

if __name__ == "__main__":
    main()
