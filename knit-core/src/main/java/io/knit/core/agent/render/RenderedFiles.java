package io.knit.core.agent.render;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.TemplateSpec;
import io.knit.api.spi.runtime.FileMount;
import io.knit.core.agent.disk.DurableFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The files rendered for each instance: {@code rendered/<instance>/<n>-<file name>}. Every method blocks. */
public final class RenderedFiles {
    private final Path root;
    private final Renderer renderer;

    public RenderedFiles(Path dataDir, Renderer renderer) {
        this.root = root(dataDir);
        this.renderer = renderer;
    }

    private static Path root(Path dataDir) {
        return dataDir.resolve("rendered");
    }

    /**
     * The texts of all templates of an instance, in their order.
     *
     * @throws KnitException with {@code TEMPLATE_INVALID} if one can't be rendered
     */
    public List<String> rendered(List<TemplateSpec> templates, Map<String, Object> model) {
        return templates.stream().map(template -> render(template, model)).toList();
    }

    /** Writes the texts, replacing what is there. */
    public List<FileMount> write(String instance, List<TemplateSpec> templates, List<String> texts) throws IOException {
        List<FileMount> mounts = new ArrayList<>();
        for (TemplateSpec template : templates) {
            String text = texts.get(mounts.size());
            Path file = root.resolve(instance).resolve((mounts.size() + 1) + "-" + fileName(template.destination()));
            DurableFile.makeFolder(root);
            DurableFile.makeFolder(root.resolve(instance));
            DurableFile.writeReadable(file, text.getBytes(StandardCharsets.UTF_8));
            mounts.add(new FileMount(file.toAbsolutePath().toString(), template.destination()));
        }
        return mounts;
    }

    private String render(TemplateSpec template, Map<String, Object> model) {
        try {
            return renderer.render(template.content(), model);
        } catch (RuntimeException | StackOverflowError e) {
            throw new KnitException(
                    ErrorCode.TEMPLATE_INVALID,
                    "the template for " + template.destination() + " can't be rendered: " + e.getMessage(),
                    e);
        }
    }

    /** Deletes all files of an instance. */
    public void delete(String instance) throws IOException {
        Path folder = root.resolve(instance).normalize();
        // the name may come from a container's label, which anybody can set
        if (!instance.isEmpty() && root.normalize().equals(folder.getParent())) {
            delete(folder);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (NoSuchFileException e) {
            // it had none
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Deletes the files of all instances but these. */
    public static void deleteAllBut(Path dataDir, Set<String> instances) throws IOException {
        Path root = root(dataDir);
        if (!Files.isDirectory(root)) {
            return;
        }
        List<Path> folders;
        try (Stream<Path> all = Files.list(root)) {
            folders = all.toList();
        }
        for (Path folder : folders) {
            if (!instances.contains(String.valueOf(folder.getFileName()))) {
                delete(folder);
            }
        }
    }

    /** The last part of the destination, without what could be more than a file's name. */
    private static String fileName(String destination) {
        String last = destination.substring(destination.lastIndexOf('/') + 1);
        String plain = last.replaceAll("[^A-Za-z0-9._-]", "_");
        return plain.length() <= 100 ? plain : plain.substring(0, 100);
    }
}
