"""The processes behind the API: workers that execute jobs and the dispatcher that feeds them."""
