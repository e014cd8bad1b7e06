"""The ways by which the program tells people: `base` is what each of them is, the others are one way each."""
