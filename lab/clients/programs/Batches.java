import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;

/** Sends batches through mssql-jdbc: lines with batches in base64 in, lines of JSON out. */
public final class Batches {
    public static void main(String[] args) throws Exception {
        Path trusted = trustStore(System.getenv("LAB_CA"));
        Properties properties = new Properties();
        properties.setProperty("user", System.getenv("LAB_USER"));
        properties.setProperty("password", System.getenv("LAB_PASSWORD"));
        properties.setProperty("databaseName", "master");
        properties.setProperty("encrypt", "true");
        properties.setProperty("trustServerCertificate", "false");
        properties.setProperty("hostNameInCertificate", "localhost");
        properties.setProperty("trustStore", trusted.toString());
        properties.setProperty("trustStorePassword", "changeit");
        properties.setProperty("trustStoreType", "PKCS12");
        String url = "jdbc:sqlserver://" + System.getenv("LAB_HOST") + ":" + System.getenv("LAB_PORT");
        PrintStream output = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        try (Connection connection = DriverManager.getConnection(url, properties)) {
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                String batch = new String(Base64.getDecoder().decode(line), StandardCharsets.UTF_8);
                output.println(run(connection, batch));
            }
        } finally {
            Files.delete(trusted);
        }
    }

    private static Path trustStore(String pem) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (FileInputStream file = new FileInputStream(pem)) {
            store.setCertificateEntry("lab", CertificateFactory.getInstance("X.509").generateCertificate(file));
        }
        Path path = Files.createTempFile("mi-link-trust", ".p12");
        try (FileOutputStream file = new FileOutputStream(path.toFile())) {
            store.store(file, "changeit".toCharArray());
        }
        return path;
    }

    private static String run(Connection connection, String batch) {
        List<String> sets = new ArrayList<>();
        List<String> messages = new ArrayList<>();
        String error = "";
        try (Statement statement = connection.createStatement()) {
            boolean isSet = statement.execute(batch);
            collect(statement, messages);
            while (isSet || statement.getUpdateCount() != -1) {
                if (isSet) sets.add(read(statement.getResultSet()));
                isSet = statement.getMoreResults();
                collect(statement, messages);
            }
        } catch (SQLException refused) {
            error = ",\"error\":" + quoted(refused.getMessage());
        }
        String texts = messages.stream().map(Batches::quoted).collect(Collectors.joining(","));
        return "{\"sets\":[" + String.join(",", sets) + "],\"messages\":[" + texts + "]" + error + "}";
    }

    private static void collect(Statement statement, List<String> messages) throws SQLException {
        for (SQLWarning warning = statement.getWarnings(); warning != null; warning = warning.getNextWarning())
            messages.add(warning.getMessage());
        statement.clearWarnings();
    }

    private static String read(ResultSet set) throws SQLException {
        ResultSetMetaData about = set.getMetaData();
        List<String> columns = new ArrayList<>();
        for (int i = 1; i <= about.getColumnCount(); i++) columns.add(quoted(about.getColumnLabel(i)));
        List<String> rows = new ArrayList<>();
        while (set.next()) {
            List<String> row = new ArrayList<>();
            for (int i = 1; i <= about.getColumnCount(); i++) row.add(quoted(text(set.getObject(i))));
            rows.add("[" + String.join(",", row) + "]");
        }
        return "{\"columns\":[" + String.join(",", columns) + "],\"rows\":[" + String.join(",", rows) + "]}";
    }

    private static String text(Object value) {
        if (value == null) return null;
        if (value instanceof Boolean) return (Boolean) value ? "1" : "0";
        if (value instanceof byte[]) return HexFormat.of().withUpperCase().formatHex((byte[]) value);
        if (value instanceof Timestamp) return ((Timestamp) value).toLocalDateTime().toString();
        return value.toString();
    }

    private static String quoted(String text) {
        if (text == null) return "null";
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\' || c < ' ' || c > '~') quoted.append(String.format("\\u%04x", (int) c));
            else quoted.append(c);
        }
        return quoted.append('"').toString();
    }
}
