"""Requests that come as a file: CSV or XLSX, each row checked as a form is, each bad one told with what to do."""
