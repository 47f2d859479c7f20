"""Workers over libraries that training code uses, each imported only when it is asked for."""
