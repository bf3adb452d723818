// Runs Pulumi programs written for Node.js where the official language host can't be had: it is installed under the name
// `pulumi-language-nodejs` beside an engine built from source. It answers what an engine asks of a language that needs
// no plugins and has its packages installed already, and leaves the program itself to Pulumi's SDK.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	language "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

// The SDK exits with this code when it has told the user what is wrong.
const exitedAfterTellingTheUser = 32

type host struct {
	language.UnimplementedLanguageRuntimeServer
	engine   string
	lock     sync.Mutex
	programs map[*os.Process]bool
}

func (*host) Handshake(context.Context, *language.LanguageHandshakeRequest) (*language.LanguageHandshakeResponse, error) {
	return &language.LanguageHandshakeResponse{}, nil
}

func (*host) GetPluginInfo(context.Context, *emptypb.Empty) (*language.PluginInfo, error) {
	return &language.PluginInfo{}, nil
}

func (*host) GetRequiredPlugins(context.Context, *language.GetRequiredPluginsRequest) (*language.GetRequiredPluginsResponse, error) {
	return &language.GetRequiredPluginsResponse{}, nil
}

func (*host) GetRequiredPackages(context.Context, *language.GetRequiredPackagesRequest) (*language.GetRequiredPackagesResponse, error) {
	return &language.GetRequiredPackagesResponse{}, nil
}

func (*host) GetProgramDependencies(context.Context, *language.GetProgramDependenciesRequest) (*language.GetProgramDependenciesResponse, error) {
	return &language.GetProgramDependenciesResponse{}, nil
}

func (*host) RuntimeOptionsPrompts(context.Context, *language.RuntimeOptionsRequest) (*language.RuntimeOptionsResponse, error) {
	return &language.RuntimeOptionsResponse{}, nil
}

func (*host) About(context.Context, *language.AboutRequest) (*language.AboutResponse, error) {
	return &language.AboutResponse{}, nil
}

func (*host) InstallDependencies(*language.InstallDependenciesRequest, grpc.ServerStreamingServer[language.InstallDependenciesResponse]) error {
	return nil
}

func (h *host) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	h.lock.Lock()
	defer h.lock.Unlock()
	for program := range h.programs {
		_ = program.Signal(os.Interrupt)
	}
	return &emptypb.Empty{}, nil
}

func (h *host) Run(_ context.Context, request *language.RunRequest) (*language.RunResponse, error) {
	info := request.GetInfo()
	runner, found := findRunner(info.GetProgramDirectory())
	if !found {
		problem := fmt.Sprintf("@pulumi/pulumi is not installed in %s: run npm install there.", info.GetProgramDirectory())
		return &language.RunResponse{Error: problem}, nil
	}
	options := info.GetOptions().AsMap()
	nodeArguments, _ := options["nodeargs"].(string)
	arguments := append(strings.Fields(nodeArguments), runner)
	program := exec.Command("node", append(arguments, h.argumentsFor(request)...)...)
	program.Env = append(os.Environ(), environmentFor(request, options)...)
	program.Stdout = os.Stdout
	program.Stderr = os.Stderr
	if err := h.wait(program); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			return &language.RunResponse{Error: "The program could not be started: " + err.Error()}, nil
		}
		if exit.ExitCode() == exitedAfterTellingTheUser {
			return &language.RunResponse{Bail: true}, nil
		}
		return &language.RunResponse{Error: fmt.Sprintf("Program exited with non-zero exit code: %d", exit.ExitCode())}, nil
	}
	return &language.RunResponse{}, nil
}

// wait starts a program and waits for its end; meanwhile it can be interrupted.
func (h *host) wait(program *exec.Cmd) error {
	if err := program.Start(); err != nil {
		return err
	}
	h.lock.Lock()
	h.programs[program.Process] = true
	h.lock.Unlock()
	defer func() {
		h.lock.Lock()
		delete(h.programs, program.Process)
		h.lock.Unlock()
	}()
	return program.Wait()
}

func (h *host) argumentsFor(request *language.RunRequest) []string {
	info := request.GetInfo()
	arguments := []string{}
	for _, named := range [][2]string{
		{"monitor", request.GetMonitorAddress()},
		{"engine", h.engine},
		{"organization", request.GetOrganization()},
		{"project", request.GetProject()},
		{"root-directory", info.GetRootDirectory()},
		{"stack", request.GetStack()},
		{"pwd", info.GetProgramDirectory()},
		{"parallel", fmt.Sprint(request.GetParallel())},
	} {
		if named[1] != "" {
			arguments = append(arguments, "--"+named[0], named[1])
		}
	}
	if request.GetDryRun() {
		arguments = append(arguments, "--dry-run")
	}
	return append(append(arguments, info.GetEntryPoint()), request.GetArgs()...)
}

func environmentFor(request *language.RunRequest, options map[string]any) []string {
	config, _ := json.Marshal(notNil(request.GetConfig()))
	secrets, _ := json.Marshal(append([]string{}, request.GetConfigSecretKeys()...))
	variables := []string{"PULUMI_CONFIG=" + string(config), "PULUMI_CONFIG_SECRET_KEYS=" + string(secrets)}
	if options["typescript"] != false {
		variables = append(variables, "PULUMI_NODEJS_TYPESCRIPT=true")
	}
	if file, isGiven := options["tsconfig"].(string); isGiven && file != "" {
		variables = append(variables, "PULUMI_NODEJS_TSCONFIG_PATH="+file)
	}
	return variables
}

func notNil(config map[string]string) map[string]string {
	if config == nil {
		return map[string]string{}
	}
	return config
}

// findRunner finds the SDK's program that runs others: that of the program, or of a folder whose programs are on PATH.
func findRunner(directory string) (string, bool) {
	places := []string{directory}
	for _, folder := range filepath.SplitList(os.Getenv("PATH")) {
		if filepath.Base(folder) == ".bin" {
			places = append(places, filepath.Dir(filepath.Dir(folder)))
		}
	}
	for _, place := range places {
		for folder := place; ; folder = filepath.Dir(folder) {
			runner := filepath.Join(folder, "node_modules", "@pulumi", "pulumi", "cmd", "run", "index.js")
			if _, err := os.Stat(runner); err == nil {
				return filepath.Dir(runner), true
			}
			if folder == filepath.Dir(folder) {
				break
			}
		}
	}
	return "", false
}

// endWithEngine ends this process with the engine that started it: one that was killed can't do so.
func endWithEngine() {
	engine := os.Getppid()
	for os.Getppid() == engine {
		time.Sleep(time.Second)
	}
	os.Exit(1)
}

func main() {
	log.SetFlags(0)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	go endWithEngine()
	const unlimited = int(^uint(0) >> 1)
	server := grpc.NewServer(grpc.MaxRecvMsgSize(unlimited), grpc.MaxSendMsgSize(unlimited))
	engine := os.Args[len(os.Args)-1]
	language.RegisterLanguageRuntimeServer(server, &host{engine: engine, programs: map[*os.Process]bool{}})
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	log.Fatal(server.Serve(listener))
}
