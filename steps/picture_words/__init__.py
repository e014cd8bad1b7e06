"""Reads words in attached pictures, where somebody turned that on: a patient's letter that is photographed is a leak."""
