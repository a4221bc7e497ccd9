"""The AI functions, one module each: class and default prompt side by side."""
