"""What somebody in front of this machine sees: progress, the refreshed page, the review page's server."""
