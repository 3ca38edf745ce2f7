"""The operators' desk: what happens to every request, who may see which, and what a person decides about two that are one."""
