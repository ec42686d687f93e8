import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** Classes without what they do: {@code java -cp asm.jar Signatures.java CLASSES JAR [PACKAGE]}, of a package alone, or of all. Used by scripts/baseline. */
public final class Signatures {
    private static final LocalDateTime ALWAYS = LocalDateTime.of(2026, 1, 1, 0, 0);

    public static void main(String[] args) throws IOException {
        Path classes = Path.of(args[0]);
        Path only = args.length > 2 ? classes.resolve(args[2].replace('.', '/')) : null;
        List<Path> found;
        try (Stream<Path> files = Files.walk(classes)) {
            found = files.filter(file -> file.toString().endsWith(".class"))
                    .filter(file -> only == null || file.getParent().equals(only))
                    // anonymous and local classes are nobody's to name
                    .filter(file -> !file.getFileName().toString().matches(".*\\$\\d.*|package-info.class|module-info.class"))
                    .sorted()
                    .toList();
        }
        try (OutputStream out = Files.newOutputStream(Path.of(args[1]));
                ZipOutputStream jar = new ZipOutputStream(out)) {
            for (Path file : found) {
                ZipEntry entry = new ZipEntry(classes.relativize(file).toString());
                entry.setTimeLocal(ALWAYS);
                jar.putNextEntry(entry);
                jar.write(signatures(Files.readAllBytes(file)));
                jar.closeEntry();
            }
        }
    }

    private static byte[] signatures(byte[] whole) {
        ClassWriter writer = new ClassWriter(0);
        new ClassReader(whole).accept(new ClassVisitor(Opcodes.ASM9, writer) {
            @Override
            public FieldVisitor visitField(int access, String name, String type, String generic, Object value) {
                return isOwn(access) ? null : super.visitField(access, name, type, generic, value);
            }

            @Override
            public MethodVisitor visitMethod(int access, String name, String type, String generic, String[] failures) {
                return isOwn(access) || name.equals("<clinit>")
                        ? null
                        : super.visitMethod(access, name, type, generic, failures);
            }
        }, ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
        return writer.toByteArray();
    }

    private static boolean isOwn(int access) {
        return (access & (Opcodes.ACC_PRIVATE | Opcodes.ACC_SYNTHETIC)) != 0 && (access & Opcodes.ACC_BRIDGE) == 0;
    }
}
