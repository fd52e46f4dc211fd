package ccupgrade.architecture.wrong.extra;

final class FileUtils {}
