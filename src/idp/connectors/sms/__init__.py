"""Text messages: a gateway over HTTP, and one for development that shows them as mails."""
