"""What `chengtuan up` does, in parts: secrets, the terminal, the steps and the processes."""
