"""The demo: a bank that signs people in with the provider, the API it calls, and a mailbox that catches every mail.

This is somebody else's code, written the way a relying party would write it: it knows the provider by its URLs only and
imports nothing of it but the clock. Everything listens on the loopback interface. No money and no mail is real.
"""
