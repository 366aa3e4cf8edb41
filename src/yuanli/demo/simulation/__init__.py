"""What happens in the park at any time: a function of the seed and the time, so that it needs no past."""
