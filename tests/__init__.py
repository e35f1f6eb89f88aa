"""Laws of the engine, each test saying the law it holds."""
