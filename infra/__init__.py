"""What runs QFacts: the register of functions, the database's migrations, the stack on one machine."""
