# hotich: `make run`, `make run INPUT=folder`, `make test`. Everything else is for developers.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test test-unit test-all check lint lock reference bench bench-adaptation bench-recognition bench-forms bench-mixed bench-books bench-imaging bench-service bench-ask bench-attacks bench-desk bench-office bench-scale bench-search bench-store test-faults samples doctor setup setup-dev clean

PY := .venv/bin/python
HOTICH := .venv/bin/hotich
INPUT ?= samples
OUT ?= hotich-out
HOTICH_HOME ?= hotich-data
# Archives of real lines that the readers of lines are measured on, where they are at hand.
HANDWRITING ?= $(wildcard ../shared/data/handwriting/*.zip)
# A folder of labelled documents that another maker drew, where one is at hand.
FORMS ?= $(wildcard ../shared/data/forms)
# Programs that straighten pages, measured beside ours.
DESKEWERS := build/bench/imaging/others
export HOTICH_HOME
# One thread per process: the work is parallel by process, and threads on top make it slower.
export OMP_THREAD_LIMIT ?= 1
export OMP_NUM_THREADS ?= 1

help: ## danh sách lệnh / this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: setup ## đọc các bản quét trong INPUT (mặc định: samples) / digitize the scans in INPUT
	@if [ -f "$(INPUT)/population.csv" ]; then $(HOTICH) register load "$(INPUT)/population.csv"; fi
	@$(HOTICH) digitize "$(INPUT)" --out "$(OUT)"

test: setup-dev ## cài đặt và chạy mọi kiểm thử / set up and run the tests
	@$(PY) scripts/run_tests.py

test-unit: setup-dev ## vòng trong: kiểm thử nhanh / the inner loop: unit tests but those that draw pages or train
	@$(PY) scripts/run_tests.py --quick

test-all: setup-dev ## cả kiểm thử lâu / the slow tests too
	@$(PY) scripts/run_tests.py --slow

check: lint test ## lint, types, layers, tests

lint: setup-dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports

reference: setup-dev ## lập lại phần của docs/ lấy từ mã / make anew what of docs/ is made from the code
	$(PY) -m scripts.make_reference

lock: ## ghi lại phiên bản và mã kiểm tra của các gói / write the lock files
	$(PY) -m uv pip compile -q --universal --python-version 3.11.0 --generate-hashes --no-emit-index-url --no-header -o requirements.lock requirements.in
	$(PY) -m uv pip compile -q --universal --python-version 3.11.0 --generate-hashes --no-emit-index-url --no-header -c requirements.lock -o requirements-dev.lock requirements-dev.in

bench: setup-dev ## đo tốc độ, bộ nhớ, độ chính xác / measure speed, memory, accuracy
	$(PY) -m tests.bench.throughput
	$(PY) -m tests.bench.memory
	$(PY) -m tests.bench.quality

bench-adaptation: setup-dev ## học nét chữ một sổ được gì; HANDWRITING=zips / what learning one hand brings, corrected or from a register
	$(PY) -m ocr_models.workshop.adapting measure --lines $(HANDWRITING)
	$(PY) -m ocr_models.workshop.adapting teach --lines $(HANDWRITING)

bench-recognition: setup-dev ## so các bộ nhận dạng trên cùng những dòng / readers side by side on the same lines
	$(PY) -m tests.bench.recognition --real $(HANDWRITING)

bench-forms: setup-dev ## giấy tờ theo mẫu lạ: đúng bao nhiêu, sai vì đâu / papers in layouts nobody defined; FORMS=folder of another maker
	$(PY) -m tests.bench.forms $(FORMS)

bench-mixed: setup-dev ## tệp hỗn hợp: trang trắng, cụt, âm bản, hai giấy một mặt… / mixed files; ARGS="--count 100 --seed 14"
	$(PY) -m tests.bench.mixed $(ARGS)

bench-books: setup-dev ## sổ mở chụp bằng điện thoại so với quét phẳng; thiếu, trùng trang / opened books by phone against flatbed; ARGS="--count 48 --seed 1400"
	$(PY) -m tests.bench.books $(ARGS)

bench-imaging: setup-dev $(DESKEWERS) ## trang nghiêng, ngược, mép giấy, chữ mờ, bộ nhớ / how pages come out of imaging; ARGS="--count 150"
	$(PY) -m tests.bench.imaging --others $(DESKEWERS)/bin/python $(addprefix --forms ,$(FORMS)) $(ARGS)

$(DESKEWERS): tests/bench/requirements-imaging.lock
	rm -rf $@ && .venv/bin/python -m venv $@
	$@/bin/pip install -q --require-hashes -r $<

bench-service: setup-dev ## thời gian trả lời của dịch vụ, tra cứu giữa 10 triệu giấy tờ / the service under load; ARGS="--submissions 2000"
	$(PY) -m tests.bench.service $(ARGS)

bench-ask: setup-dev ## còn được yêu cầu giấy này không: 320 trường hợp / may this paper still be asked for: 320 cases; ARGS="--rounds 1 --strangers 1000"
	$(PY) -m tests.bench.asking $(ARGS)

bench-attacks: setup-dev ## kết nối dở dang, đăng nhập hàng loạt: người khác có bị chậm không / what pushing costs everybody else; ARGS="--held 15"
	$(PY) -m tests.bench.attacks $(ARGS)

bench-desk: setup-dev ## thời gian của bàn duyệt giữa 100.000 mục chờ / the review desk over 100,000 open items; ARGS="--databases sqlite"
	$(PY) -m tests.bench.desk $(ARGS)

bench-store: setup-dev ## lưu, kiểm, lập lại danh mục: nhanh chậm, bộ nhớ / commits, verify, rebuild, memory; ARGS="--objects 1000000"
	$(PY) -m tests.bench.store $(ARGS)

bench-office: setup-dev ## một tháng của một cơ quan: cuối tháng không việc nào không ai thấy / a month of an office; ARGS="--submissions 300 --papers 5"
	$(PY) -m tests.bench.office_month $(ARGS)

bench-scale: setup-dev ## một, hai, bốn máy đọc cùng hàng chờ / one, two, four workers on one queue; ARGS="--pages 400 --batch-pages 50"
	$(PY) -m tests.bench.scale $(ARGS)

test-faults: setup-dev ## giết từng phần rồi xem có tự lành không / each part killed: does it heal by itself; ARGS="--lease 20"
	$(PY) -m tests.bench.faults $(ARGS)

bench-search: setup-dev ## tìm trong một triệu giấy tờ / searches over a million papers; ARGS="--count 100000 --databases sqlite"
	$(PY) -m tests.bench.search $(ARGS)

samples: setup-dev ## vẽ lại các mẫu trong samples/ / draw the specimens anew
	$(PY) -m ocr_models.workshop.drawing.specimens samples

doctor: setup ## máy này có gì, thiếu gì / what this machine has and lacks
	@$(HOTICH) doctor

setup:
	@scripts/setup.sh run

setup-dev:
	@scripts/setup.sh dev

clean: ## xóa kết quả và bộ nhớ đệm (không đụng đến kho) / remove results and caches, not the store
	rm -rf hotich-out build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
