"""Decorators for the commands of an extension."""


def _mark(attribute, name):
    def decorate(function):
        setattr(function, attribute, name)
        return function
    return decorate


def dynamic_choice_command(field_name):
    """Mark a method that gives the values of a choice field."""
    return _mark("axle_choice_field", field_name)


def dynamic_command(command_name):
    """Mark a method that is a command of a running task instance."""
    return _mark("axle_command", command_name)
