package io.knit.core.agent.render;

import io.knit.api.command.Value;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.TemplateSpec;
import io.knit.api.spi.runtime.FileMount;
import io.knit.core.agent.disk.DurableFile;
import io.knit.core.agent.disk.FileRights;
import io.knit.core.template.ServiceLookup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The files rendered for each instance: {@code rendered/<instance>/<n>-<file name>}. Every method blocks. */
public final class RenderedFiles {
    /** What a content that is only tried is called before its file's name. */
    private static final String TRIAL = "trial-";
    /** What stands before the place of a template whose file is another, of which the container was not told yet. */
    private static final String UNTOLD = "untold-";

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
     * The contents of all templates of an instance, in their order.
     *
     * @throws KnitException with {@code TEMPLATE_INVALID} if one can't be rendered
     */
    public List<Value.Content> rendered(
            List<TemplateSpec> templates, Map<String, Object> model, OpenedValues values, ServiceLookup services) {
        return templates.stream()
                .map(template -> rendered(template, model, values, services))
                .toList();
    }

    /** Writes the contents, replacing what is there. */
    public List<FileMount> write(String instance, List<TemplateSpec> templates, List<Value.Content> contents)
            throws IOException {
        List<FileMount> mounts = new ArrayList<>();
        for (TemplateSpec template : templates) {
            Path folder = root.resolve(instance);
            Path file = file(instance, mounts.size(), template);
            byte[] bytes = contents.get(mounts.size()).bytes();
            DurableFile.makeFolder(root);
            DurableFile.makeFolder(folder);
            DurableFile.writeSecret(file, bytes);
            FileRights.give(file, template.mode(), template.uid(), template.gid());
            mounts.add(mount(file, template));
        }
        told(instance);
        return mounts;
    }

    private static FileMount mount(Path file, TemplateSpec template) {
        return new FileMount(file.toAbsolutePath().toString(), template.destination());
    }

    /** The files as they are, and beside them others in the places of some. */
    public List<FileMount> trial(
            String instance, List<TemplateSpec> templates, SortedMap<Integer, Value.Content> others)
            throws IOException {
        List<FileMount> mounts = new ArrayList<>();
        for (TemplateSpec template : templates) {
            Path file = file(instance, mounts.size(), template);
            Value.Content other = others.get(mounts.size());
            if (other != null) {
                file = file.resolveSibling(TRIAL + file.getFileName());
                DurableFile.writeSecret(file, other.bytes());
                FileRights.give(file, template.mode(), template.uid(), template.gid());
            }
            mounts.add(mount(file, template));
        }
        return mounts;
    }

    /** Deletes what was tried. */
    public void endTrial(String instance) throws IOException {
        deleteBeginning(TRIAL, instance);
    }

    /** Whether a file has another content than this. */
    public boolean isOther(String instance, int index, TemplateSpec template, Value.Content content)
            throws IOException {
        return !Arrays.equals(before(instance, index, template), content.bytes());
    }

    private byte[] before(String instance, int index, TemplateSpec template) throws IOException {
        return Files.readAllBytes(file(instance, index, template));
    }

    /**
     * The content of one template.
     *
     * @throws KnitException with {@code TEMPLATE_INVALID} if it can't be rendered, with {@code SECRETS_LOCKED} if what it reads was not given
     */
    public Value.Content rendered(
            TemplateSpec template, Map<String, Object> model, OpenedValues values, ServiceLookup services) {
        Value.Content given = template.source().isEmpty()
                ? Value.Content.of(template.content())
                : values.get(Value.Kind.FILE, template.source());
        if (template.engine() == TemplateSpec.Engine.NONE) {
            return given;
        }
        String content = given.text()
                .orElseThrow(() -> invalid(template, "the file " + template.source() + " is no text in UTF-8", null));
        OpenedValues.Reading reading = values.as(template, services);
        try {
            return Value.Content.of(renderer.render(template.with(content), model, reading));
        } catch (RuntimeException | StackOverflowError e) {
            KnitException refused = reading.refused();
            throw refused == null ? invalid(template, String.valueOf(e.getMessage()), e) : refused;
        }
    }

    private Path file(String instance, int index, TemplateSpec template) {
        return root.resolve(instance).resolve((index + 1) + "-" + fileName(template.destination()));
    }

    /**
     * Writes another content into the very file that a container has, so that it sees it. That the container is to be told is kept until {@link #told}.
     *
     * @param index of the template
     * @return whether it was another one
     * @throws IOException also where the file is not there
     */
    public boolean rewrite(String instance, int index, TemplateSpec template, Value.Content content)
            throws IOException {
        byte[] before = before(instance, index, template);
        if (Arrays.equals(before, content.bytes())) {
            return false;
        }
        if (template.onChange() != TemplateSpec.OnChange.NONE) {
            // before the file is another, so that nobody who ends in between leaves it unsaid
            Files.write(root.resolve(instance).resolve(UNTOLD + index), new byte[0]);
        }
        Path file = file(instance, index, template);
        FileRights.letOwnerWrite(file);
        try {
            DurableFile.overwrite(file, before, content.bytes());
        } finally {
            FileRights.give(file, template.mode(), template.uid(), template.gid());
        }
        return true;
    }

    /** The places of the templates whose files are another, of which the container was not told yet. */
    public SortedSet<Integer> untold(String instance) throws IOException {
        SortedSet<Integer> places = new TreeSet<>();
        for (Path marker : beginning(UNTOLD, instance)) {
            places.add(Integer.valueOf(marker.getFileName().toString().substring(UNTOLD.length())));
        }
        return places;
    }

    /** It was told of that one. */
    public void told(String instance, int index) throws IOException {
        Files.deleteIfExists(root.resolve(instance).resolve(UNTOLD + index));
    }

    /** It has, or is about to get, all files as they are. */
    public void told(String instance) throws IOException {
        deleteBeginning(UNTOLD, instance);
    }

    private void deleteBeginning(String with, String instance) throws IOException {
        for (Path file : beginning(with, instance)) {
            Files.deleteIfExists(file);
        }
    }

    private List<Path> beginning(String with, String instance) throws IOException {
        Path folder = root.resolve(instance);
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith(with))
                    .toList();
        }
    }

    private static KnitException invalid(TemplateSpec template, String why, @Nullable Throwable cause) {
        return new KnitException(
                ErrorCode.TEMPLATE_INVALID,
                "the template for " + template.destination() + " can't be rendered: " + why,
                cause);
    }

    /** Deletes all files of an instance. */
    public void delete(String instance) throws IOException {
        InstanceFolders.delete(root, instance);
    }

    /** Deletes the files of all instances but these. */
    public static void deleteAllBut(Path dataDir, Set<String> instances) throws IOException {
        InstanceFolders.deleteAllBut(root(dataDir), instances);
    }

    /** The last part of the destination, without what could be more than a file's name. */
    private static String fileName(String destination) {
        String last = destination.substring(destination.lastIndexOf('/') + 1);
        String plain = last.replaceAll("[^A-Za-z0-9._-]", "_");
        return plain.length() <= 100 ? plain : plain.substring(0, 100);
    }
}
