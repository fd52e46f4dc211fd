import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Writes picocli's classes in the format of Java 17: {@code RenewClasses JAR DIRECTORY}. They come in that of Java 5, which has no
 * frames to verify by; Java links no class of that format ahead of time. Needs a JDK 24.
 */
class RenewClasses {

    private static final String PICOCLI = "picocli/";
    private static final int JAVA_6 = 50;
    private static final int JAVA_17 = 61;

    public static void main(String[] arguments) throws IOException {
        Path target = Path.of(arguments[1]);
        try (ZipFile jar = new ZipFile(arguments[0])) {
            ClassFile format = ClassFile.of(
                    ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
                    ClassFile.ClassHierarchyResolverOption.of(
                            ClassHierarchyResolver.ofResourceParsing(type -> open(jar, type.descriptorString()))
                                    .orElse(ClassHierarchyResolver.defaultResolver())));
            ClassTransform version = (to, element) -> {
                if (element instanceof ClassFileVersion) {
                    to.withVersion(JAVA_17, 0);
                } else {
                    to.with(element);
                }
            };
            // To take all bodies apart, though nothing in them changes, is what gives them frames.
            ClassTransform renewing = version.andThen(ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL));
            List<? extends ZipEntry> classes = jar.stream()
                    .filter(entry -> entry.getName().startsWith(PICOCLI) && entry.getName().endsWith(".class"))
                    .toList();
            for (ZipEntry entry : classes) {
                try (InputStream in = jar.getInputStream(entry)) {
                    var old = format.parse(in.readAllBytes());
                    if (old.majorVersion() < JAVA_6) {
                        Path file = target.resolve(entry.getName());
                        Files.createDirectories(file.getParent());
                        Files.write(file, format.transformClass(old, renewing));
                    }
                }
            }
        }
    }

    private static InputStream open(ZipFile jar, String descriptor) {
        ZipEntry entry = jar.getEntry(descriptor.substring(1, descriptor.length() - 1) + ".class");
        try {
            return entry == null ? null : jar.getInputStream(entry);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
