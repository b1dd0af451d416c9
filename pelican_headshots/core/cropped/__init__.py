"""Which part of a photograph each slot shows, with every head whole and every pair of eyes on one line."""
