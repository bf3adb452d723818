// Sends batches through go-mssqldb: lines with batches in base64 in, lines of JSON out.
package main

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/golang-sql/sqlexp"
	mssql "github.com/microsoft/go-mssqldb"
)

type resultSet struct {
	Columns []string    `json:"columns"`
	Rows    [][]*string `json:"rows"`
}

type answer struct {
	Sets     []resultSet `json:"sets"`
	Messages []string    `json:"messages"`
	Error    string      `json:"error,omitempty"`
}

func main() {
	query := url.Values{}
	query.Set("database", "master")
	query.Set("encrypt", "true")
	query.Set("certificate", os.Getenv("LAB_CA"))
	address := url.URL{
		Scheme:   "sqlserver",
		User:     url.UserPassword(os.Getenv("LAB_USER"), os.Getenv("LAB_PASSWORD")),
		Host:     os.Getenv("LAB_HOST") + ":" + os.Getenv("LAB_PORT"),
		RawQuery: query.Encode(),
	}
	pool, err := sql.Open("sqlserver", address.String())
	if err != nil {
		panic(err)
	}
	connection, err := pool.Conn(context.Background())
	if err != nil {
		panic(err)
	}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	output := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		batch, err := base64.StdEncoding.DecodeString(lines.Text())
		if err != nil {
			panic(err)
		}
		output.Encode(run(connection, string(batch)))
	}
	connection.Close()
	pool.Close()
}

func run(connection *sql.Conn, batch string) answer {
	ctx := context.Background()
	found := answer{Sets: []resultSet{}, Messages: []string{}}
	received := &sqlexp.ReturnMessage{}
	rows, err := connection.QueryContext(ctx, batch, received)
	if err != nil {
		found.Error = err.Error()
		return found
	}
	defer rows.Close()
	for more := true; more; {
		switch message := received.Message(ctx).(type) {
		case sqlexp.MsgNotice:
			found.Messages = append(found.Messages, message.Message.(mssql.Error).Message)
		case sqlexp.MsgError:
			found.Error = message.Error.Error()
		case sqlexp.MsgNext:
			set, err := read(rows)
			if err != nil {
				found.Error = err.Error()
				return found
			}
			found.Sets = append(found.Sets, set)
		case sqlexp.MsgNextResultSet:
			more = rows.NextResultSet()
		}
	}
	if err := rows.Err(); err != nil {
		found.Error = err.Error()
	}
	return found
}

func read(rows *sql.Rows) (resultSet, error) {
	columns, err := rows.Columns()
	if err != nil {
		return resultSet{}, err
	}
	types, err := rows.ColumnTypes()
	if err != nil {
		return resultSet{}, err
	}
	set := resultSet{Columns: columns, Rows: [][]*string{}}
	for rows.Next() {
		values := make([]any, len(columns))
		places := make([]any, len(columns))
		for i := range values {
			places[i] = &values[i]
		}
		if err := rows.Scan(places...); err != nil {
			return set, err
		}
		row := make([]*string, len(columns))
		for i, value := range values {
			row[i] = text(value, types[i].DatabaseTypeName())
		}
		set.Rows = append(set.Rows, row)
	}
	return set, rows.Err()
}

func text(value any, kind string) *string {
	var found string
	switch value := value.(type) {
	case nil:
		return nil
	case bool:
		found = "0"
		if value {
			found = "1"
		}
	case []byte:
		found = strings.ToUpper(hex.EncodeToString(value))
		if kind == "DECIMAL" {
			found = string(value)
		}
	case time.Time:
		found = value.Format("2006-01-02T15:04:05")
	default:
		found = fmt.Sprint(value)
	}
	return &found
}
