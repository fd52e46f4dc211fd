package ccupgrade.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;

/** What the kernel says of a file, a directory or a link, which is not followed. */
record FileStat(int mode, int user, int group, long device, long inode, long size, FileTime written, FileTime changed) {

    static FileStat of(Path path) throws IOException {
        Map<String, Object> all = Files.readAttributes(
                path, "unix:mode,uid,gid,dev,ino,size,lastModifiedTime,ctime", LinkOption.NOFOLLOW_LINKS);
        return new FileStat(
                number(all, "mode").intValue(),
                number(all, "uid").intValue(),
                number(all, "gid").intValue(),
                number(all, "dev").longValue(),
                number(all, "ino").longValue(),
                number(all, "size").longValue(),
                (FileTime) Objects.requireNonNull(all.get("lastModifiedTime")),
                (FileTime) Objects.requireNonNull(all.get("ctime")));
    }

    private static Number number(Map<String, Object> all, String name) {
        return (Number) Objects.requireNonNull(all.get(name));
    }

    private boolean isOf(int type) {
        return (mode & 0170000) == type;
    }

    boolean isDirectory() {
        return isOf(0040000);
    }

    boolean isFile() {
        return isOf(0100000);
    }

    boolean isLink() {
        return isOf(0120000);
    }

    boolean belongsAs(FileStat other) {
        return user == other.user && group == other.group && (isLink() || mode == other.mode);
    }
}
