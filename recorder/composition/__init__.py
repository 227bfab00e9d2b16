"""What one composed picture is made of: who is on it when, where, and with which words."""
