"""What somebody can try themselves: steps and procedures as data, found by what people write. Nothing is made up."""
