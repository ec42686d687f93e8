import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * A jar without what each JVM that runs it would keep in memory for nothing: {@code java -cp asm.jar LeanJar.java JAR}. Folders have no entry, for the list of
 * entries lies in the heap; and the methods of libraries don't know what their variables were called, which only a debugger asks. Their lines stay, for
 * stack traces, and Knit's own classes as they are. Used by knit-launcher's build.
 */
public final class LeanJar {
    private static final String OWN = "io/knit/";

    public static void main(String[] args) throws IOException {
        Path jar = Path.of(args[0]);
        Path lean = jar.resolveSibling(jar.getFileName() + ".lean");
        try (ZipFile whole = new ZipFile(jar.toFile());
                OutputStream out = Files.newOutputStream(lean);
                ZipOutputStream left = new ZipOutputStream(out)) {
            for (ZipEntry entry : Collections.list(whole.entries())) {
                if (entry.isDirectory()) {
                    continue;
                }
                ZipEntry copy = new ZipEntry(entry.getName());
                copy.setTimeLocal(entry.getTimeLocal());
                left.putNextEntry(copy);
                try (InputStream in = whole.getInputStream(entry)) {
                    byte[] bytes = in.readAllBytes();
                    left.write(isOfLibrary(entry.getName()) ? withoutVariables(bytes) : bytes);
                }
                left.closeEntry();
            }
        }
        Files.move(lean, jar, StandardCopyOption.REPLACE_EXISTING);
    }

    private static boolean isOfLibrary(String name) {
        return name.endsWith(".class") && !name.startsWith(OWN);
    }

    private static byte[] withoutVariables(byte[] whole) {
        ClassWriter writer = new ClassWriter(0);
        new ClassReader(whole)
                .accept(
                        new ClassVisitor(Opcodes.ASM9, writer) {
                            @Override
                            public MethodVisitor visitMethod(
                                    int access, String name, String type, String generic, String[] failures) {
                                return unnamed(super.visitMethod(access, name, type, generic, failures));
                            }
                        },
                        0);
        return writer.toByteArray();
    }

    private static MethodVisitor unnamed(MethodVisitor method) {
        return new MethodVisitor(Opcodes.ASM9, method) {
            @Override
            public void visitLocalVariable(
                    String name, String type, String generic, Label start, Label end, int index) {
                // that is what is left out
            }
        };
    }
}
