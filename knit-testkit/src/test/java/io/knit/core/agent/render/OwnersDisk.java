package io.knit.core.agent.render;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardOpenOption;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Another file system that keeps its owner from writing where a file's mode does, as hosts do with who is not root; takes a little at a time; and may fail in the middle. */
final class OwnersDisk extends FileSystemProvider {
    /** Bytes that it takes at once. */
    static final int PIECE = 4096;

    private final FileSystem inner;
    private final FileSystem outer;
    private int before;
    private boolean full;

    OwnersDisk(FileSystem inner) {
        this.inner = inner;
        outer = new FileSystem() {
            @Override
            public FileSystemProvider provider() {
                return OwnersDisk.this;
            }

            @Override
            public void close() throws IOException {
                inner.close();
            }

            @Override
            public boolean isOpen() {
                return inner.isOpen();
            }

            @Override
            public boolean isReadOnly() {
                return inner.isReadOnly();
            }

            @Override
            public String getSeparator() {
                return inner.getSeparator();
            }

            @Override
            public Iterable<Path> getRootDirectories() {
                throw new UnsupportedOperationException();
            }

            @Override
            public Iterable<FileStore> getFileStores() {
                return inner.getFileStores();
            }

            @Override
            public Set<String> supportedFileAttributeViews() {
                return inner.supportedFileAttributeViews();
            }

            @Override
            public Path getPath(String first, String... more) {
                return out(inner.getPath(first, more));
            }

            @Override
            public PathMatcher getPathMatcher(String pattern) {
                throw new UnsupportedOperationException();
            }

            @Override
            public UserPrincipalLookupService getUserPrincipalLookupService() {
                throw new UnsupportedOperationException();
            }

            @Override
            public WatchService newWatchService() {
                throw new UnsupportedOperationException();
            }
        };
    }

    /**
     * From now on one write fails.
     *
     * @param number which, from 1
     * @param full whether all fail that come after it
     */
    void fail(int number, boolean full) {
        before = number;
        this.full = full;
    }

    private void take() throws IOException {
        before--;
        if (before == 0 || (before < 0 && full)) {
            throw new IOException("No space left on device");
        }
    }

    /** Fails none any more. */
    void heal() {
        before = 0;
        full = false;
    }

    Path path(String text) {
        return outer.getPath(text);
    }

    private interface Outer {
        Path inner();
    }

    private static Path in(Path path) {
        return path instanceof Outer known ? known.inner() : path;
    }

    private Path out(Path path) {
        return (Path) Proxy.newProxyInstance(
                OwnersDisk.class.getClassLoader(),
                new Class<?>[] {Path.class, Outer.class},
                (proxy, method, args) -> called(path, method, args));
    }

    private @Nullable Object called(Path path, Method method, Object @Nullable [] args) throws Throwable {
        if (method.getName().equals("inner")) {
            return path;
        }
        if (method.getName().equals("getFileSystem")) {
            return outer;
        }
        Object[] given = args == null ? new Object[0] : args.clone();
        for (int i = 0; i < given.length; i++) {
            given[i] = given[i] instanceof Path other ? in(other) : given[i];
        }
        try {
            Object result = method.invoke(path, given);
            return result instanceof Path other ? out(other) : result;
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }

    private static void requireWritable(Path file) throws IOException {
        if (Files.exists(file) && !Files.getPosixFilePermissions(file).contains(PosixFilePermission.OWNER_WRITE)) {
            throw new AccessDeniedException(file.toString());
        }
    }

    private FileSystemProvider disk() {
        return inner.provider();
    }

    @Override
    public String getScheme() {
        return "owners";
    }

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> env) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Path getPath(URI uri) {
        throw new UnsupportedOperationException();
    }

    @Override
    public SeekableByteChannel newByteChannel(
            Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
        return newFileChannel(path, options, attributes);
    }

    @Override
    public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        if (options.contains(StandardOpenOption.WRITE)) {
            requireWritable(in(path));
        }
        return new PieceChannel(disk().newFileChannel(in(path), options, attributes), this::take);
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(Path folder, DirectoryStream.Filter<? super Path> filter)
            throws IOException {
        List<Path> all = new ArrayList<>();
        try (DirectoryStream<Path> paths = disk().newDirectoryStream(in(folder), any -> true)) {
            paths.forEach(path -> all.add(out(path)));
        }
        return new DirectoryStream<>() {
            @Override
            public Iterator<Path> iterator() {
                return all.iterator();
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void createDirectory(Path folder, FileAttribute<?>... attributes) throws IOException {
        disk().createDirectory(in(folder), attributes);
    }

    @Override
    public void delete(Path path) throws IOException {
        disk().delete(in(path));
    }

    @Override
    public void copy(Path from, Path to, CopyOption... options) throws IOException {
        disk().copy(in(from), in(to), options);
    }

    @Override
    public void move(Path from, Path to, CopyOption... options) throws IOException {
        disk().move(in(from), in(to), options);
    }

    @Override
    public boolean isSameFile(Path one, Path other) throws IOException {
        return disk().isSameFile(in(one), in(other));
    }

    @Override
    public boolean isHidden(Path path) throws IOException {
        return disk().isHidden(in(path));
    }

    @Override
    public FileStore getFileStore(Path path) throws IOException {
        return disk().getFileStore(in(path));
    }

    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
        disk().checkAccess(in(path), modes);
        if (List.of(modes).contains(AccessMode.WRITE)) {
            requireWritable(in(path));
        }
    }

    @Override
    public <V extends FileAttributeView> V getFileAttributeView(Path path, Class<V> type, LinkOption... options) {
        return disk().getFileAttributeView(in(path), type, options);
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options)
            throws IOException {
        return disk().readAttributes(in(path), type, options);
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) throws IOException {
        return disk().readAttributes(in(path), attributes, options);
    }

    @Override
    public void setAttribute(Path path, String attribute, Object value, LinkOption... options) throws IOException {
        disk().setAttribute(in(path), attribute, value, options);
    }
}
