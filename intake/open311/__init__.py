"""Open311 GeoReport v2: the door through which other cities' programs come. Nothing personal leaves through it."""
