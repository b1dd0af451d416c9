"""Images: plan renditions, then decode, resize, convert colors and encode."""
