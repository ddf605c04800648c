"""What the fleet's services share: the points tables and the rules on them."""
