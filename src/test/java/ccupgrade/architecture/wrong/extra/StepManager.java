package ccupgrade.architecture.wrong.extra;

final class StepManager {}
