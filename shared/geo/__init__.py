"""Where things are: communes, and a plane in metres. No roads, no addresses, no responders."""
