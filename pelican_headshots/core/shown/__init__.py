"""What pages say and show: the portfolio that templates see, and the files beside it."""
