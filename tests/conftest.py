"""What every test may use."""

pytest_plugins = ["tests.database", "tests.identity", "tests.product", "tests.stack", "tests.storage", "tests.usage", "tests.warehouse"]
