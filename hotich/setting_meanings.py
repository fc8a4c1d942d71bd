"""What every setting means, in both languages: for `hotich settings` and the reference, which is made from here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipeline.domain.message import Message

MEANINGS: Final[Mapping[str, Message]] = {
    "home": Message(
        "thư mục của mọi thứ trong máy; tạo ra chỉ chủ đọc được",
        "folder of everything embedded; made readable by its owner alone",
    ),
    "workers": Message(
        "số tiến trình đọc; 0: mỗi bộ xử lý một; nhiều nhất 256",
        "reading processes; 0: one per processor; at most 256",
    ),
    "worker_memory_mb": Message(
        "bộ nhớ riêng của một tiến trình đọc, MB; ít nhất 400",
        "private memory of one reading process, MB; at least 400",
    ),
    "page_cpu_seconds": Message("thời gian xử lý một trang, giây", "processor time of one page, s"),
    "page_wall_seconds": Message("thời gian một trang theo đồng hồ, giây", "time of one page by the clock, s"),
    "max_pages": Message(
        "số trang của một tệp; tệp dài hơn chưa xử lý được", "pages of one file; a longer file is set aside"
    ),
    "orchestration": Message(
        "`auto`: dùng Prefect khi có máy chủ hoặc từ 80 tệp (lần đầu: 200); `always`: luôn; `never`: không",
        "`auto`: Prefect where a server is named or from 80 files on (200 the first time); `always`; `never`",
    ),
    "prefect_api_url": Message(
        "API của máy chủ Prefect; cũng lấy từ `PREFECT_API_URL`", "a Prefect server's API; also from `PREFECT_API_URL`"
    ),
    "prefect_patience_seconds": Message(
        "`digitize` chờ Prefect ghi xong bao lâu khi kết thúc, giây",
        "how long `digitize` waits at its end for Prefect to note the run, s",
    ),
    "database_url": Message(
        "`postgresql://…`; để trống: SQLite, `catalogue.db` trong thư mục kho",
        "`postgresql://…`; empty: SQLite, `catalogue.db` in the home folder",
    ),
    "register_url": Message(
        "CSDL dân cư; để trống: `database_url`, nếu không thì `register.db` trong thư mục kho",
        "the population register's database; empty: `database_url`, else `register.db` in the home folder",
    ),
    "s3_endpoint": Message("máy chủ và cổng của kho S3", "host and port of an S3 server"),
    "s3_bucket": Message(
        "bucket của kho; để trống: tệp nằm trong thư mục kho", "its bucket; empty: objects lie in a folder under home"
    ),
    "s3_access_key": Message("mã truy cập S3", "access key of S3"),
    "s3_secret_key": Message("khóa bí mật S3", "secret key of S3"),
    "s3_region": Message("vùng S3", "region of S3"),
    "s3_secure": Message("nối tới S3 bằng TLS", "TLS to the S3 server"),
    "s3_ca_file": Message(
        "tệp PEM chứng thư gốc của máy chủ S3; để trống: các cơ quan chứng thực công cộng",
        "PEM file of the certificates that the S3 server's own goes back to; empty: the public authorities",
    ),
    "s3_encryption": Message(
        "máy chủ S3 mã hóa những gì nó giữ: `s3` (khóa của máy chủ) hoặc `kms:MÃ-KHÓA`; để trống: theo máy chủ",
        "what the S3 server is asked to encrypt with: `s3` (keys of its own) or `kms:KEY-ID`; empty: as it is set up",
    ),
    "s3_lock": Message(
        "khóa đối tượng trong bucket theo `s3_lock_years`: `governance` (người có quyền riêng gỡ được) hoặc"
        " `compliance` (không ai gỡ được trước hạn); để trống: không khóa",
        "locks objects in the bucket by `s3_lock_years`: `governance` (accounts with a right of their own may lift it)"
        " or `compliance` (nobody may before its day); empty: nothing is locked",
    ),
    "s3_lock_years": Message(
        "số năm khóa theo loại: `identity=20, registers=70`; loại: `identity`, `registers`, `submissions`, `papers`,"
        " `unknown`; loại không nêu thì không khóa; từ 1 đến 100 năm",
        "years that papers are locked for, by class: `identity=20, registers=70`; classes: `identity`, `registers`,"
        " `submissions`, `papers`, `unknown`; what is not named is not locked; 1 to 100 years",
    ),
    "encrypt": Message(
        "giấy tờ được mã hóa trước khi lưu: `all`, hoặc các loại cách nhau dấu phẩy (`identity`: thẻ, sổ hộ khẩu;"
        " `registers`, `submissions`, `papers`); đã chọn loại nào thì giấy tờ chưa rõ loại cũng được mã hóa; để trống:"
        " không",
        "papers that are encrypted before they are stored: `all`, or classes, separated by commas (`identity`: cards,"
        " household books; `registers`, `submissions`, `papers`); where any are, papers of unknown type are too;"
        " empty: none",
    ),
    "encryption_keys": Message(
        "các khóa mã hóa, cách nhau dấu phẩy: tệp khóa để ngoài thư mục kho (`hotich encryption key`), hoặc"
        " `https://MÁY:CỔNG/MOUNT/KHÓA` của máy chủ khóa (transit của Vault, OpenBao); khóa đầu để mã hóa, mọi khóa để"
        " mở",
        "encryption keys, separated by commas: key files outside home (`hotich encryption key`), or"
        " `https://HOST:PORT/MOUNT/KEY` of a key server (transit of Vault, OpenBao); the first encrypts, all of them"
        " open",
    ),
    "encryption_token": Message("mã truy cập máy chủ khóa", "the token that the key server wants"),
    "encryption_ca_file": Message(
        "tệp PEM chứng thư gốc của máy chủ khóa; để trống: các cơ quan chứng thực công cộng",
        "PEM file of the certificates that the key server's own goes back to; empty: the public authorities",
    ),
    "replica_folder": Message(
        "thư mục trên máy hay thiết bị khác, là kho thứ hai (`hotich replicate`); phải có sẵn",
        "folder on another medium or machine that is a second store (`hotich replicate`); it must be there",
    ),
    "replica_s3_endpoint": Message(
        "máy chủ và cổng S3 của kho thứ ba", "host and port of the S3 server of a third store"
    ),
    "replica_s3_bucket": Message("bucket của kho đó; để trống: không có", "its bucket; empty: there is none"),
    "replica_s3_access_key": Message("khóa truy cập của máy chủ đó", "access key of that server"),
    "replica_s3_secret_key": Message("khóa bí mật của máy chủ đó", "secret key of that server"),
    "replica_s3_region": Message("vùng của máy chủ đó", "region of that server"),
    "replica_s3_secure": Message("dùng TLS tới máy chủ đó", "TLS to that server"),
    "replica_s3_ca_file": Message("như `s3_ca_file`, của máy chủ đó", "as `s3_ca_file`, of that server"),
    "replica_s3_encryption": Message("như `s3_encryption`, của máy chủ đó", "as `s3_encryption`, of that server"),
    "replica_s3_lock": Message("như `s3_lock`, của bucket đó", "as `s3_lock`, of that bucket"),
    "tessdata": Message(
        "thư mục tệp ngôn ngữ của Tesseract; để trống: nơi thường lệ",
        "folder of Tesseract's language files; empty: the usual places",
    ),
    "actor": Message(
        "nhật ký ghi ai làm; để trống: người dùng của hệ thống",
        "who the audit log says did it; empty: the system's user",
    ),
    "inbox": Message(
        "thư mục nhận bản quét của hệ nhiều máy; mỗi máy gắn ở đâu cũng được",
        "folder that scans come into where several machines read; each may have it mounted elsewhere",
    ),
    "inbox_s3": Message(
        "`bucket/tiền-tố` nhận bản quét, trên cùng máy chủ S3 với kho",
        "`bucket/prefix` that scans come into, on the S3 server of the store",
    ),
    "office_folders": Message(
        "thư mục cấp một trong nơi nhận là tên cơ quan", "the first folder in the inbox names the office"
    ),
    "outbox": Message(
        "thư mục nhận bản chép kết quả; để trống: không chép", "folder that it copies results to; empty: none"
    ),
    "batch_pages": Message("một lượt đọc khoảng bao nhiêu trang", "some so many pages are read by one run"),
    "queue_bound": Message(
        "nhiều nhất bao nhiêu tệp được chờ; quá số đó thì nơi nhận giữ lại",
        "so many files may wait; beyond that they stay where they are",
    ),
    "lease_seconds": Message(
        "máy đang đọc im lặng bao lâu thì việc được giao cho máy khác, giây; ít nhất 5",
        "silence of a machine after which its work goes to another, s; at least 5",
    ),
    "store_patience_seconds": Message(
        "máy đọc chờ kho hoặc cơ sở dữ liệu trở lại bao lâu rồi trả việc, giây",
        "how long a reading machine waits for a store to come back before it gives its work back, s",
    ),
    "adapt_after": Message(
        "số dòng đã sửa của một sổ thì bắt đầu học nét chữ viết",
        "corrected lines of a book after which its hand is learnt for the first time",
    ),
    "answer_days": Message(
        "số ngày làm việc phải trả lời người dân về giấy tờ của họ (Nghị định 356/2025)",
        "working days in which people are answered about their own papers (Decree 356/2025)",
    ),
    "holidays": Message(
        "tệp TOML các ngày nghỉ của cơ quan, `days = [2027-02-05, …]`; để trống: lịch nghỉ kèm theo phần mềm",
        "TOML file of the office's days off, `days = [2027-02-05, …]`; empty: the calendar that comes with the program",
    ),
    "retention": Message(
        "thời hạn lưu theo loại giấy tờ, ví dụ `birth_notification=5y, unknown=90d` (`hotich retention`); để trống:"
        " không loại nào hết hạn",
        "terms by type of paper, such as `birth_notification=5y, unknown=90d` (`hotich retention`); empty: none ends",
    ),
    "agency_code": Message(
        "mã cơ quan theo QĐ 20/2020/QĐ-TTg, dùng trong gói bàn giao",
        "the agency's code (decision 20/2020/QĐ-TTg) in what is handed on",
    ),
    "agency_name": Message("tên cơ quan trong gói bàn giao", "the agency's name in what is handed on"),
    "fonds_code": Message("mã phông lưu trữ trong gói lưu trữ", "the code of the archival fonds in archive packages"),
    "ministry_names": Message(
        "mẫu tên tệp của gói gửi Bộ; có {loai} {nam} {quyen} {ngay} {so} {trang} {ma}",
        "pattern of file names in the ministry's package; known are {loai} {nam} {quyen} {ngay} {so} {trang} {ma}",
    ),
    "reader": Message(
        "thư mục bộ nhận dạng riêng của cơ quan (`ink learn`); để trống: bộ có sẵn. Độ tin cậy được tính như với bộ có"
        " sẵn; mục lấy mẫu ở bàn duyệt cho biết có đúng vậy không. `hotich read` không kèm xác suất cho bộ này",
        "folder of the office's own base reader (`ink learn`); empty: the one that comes with the program. Triage"
        " weighs what it reads as the base's, as with a book's model: the desk's samples tell whether that holds."
        " `hotich read` gives it no probability",
    ),
    "blank_pages": Message(
        "trang trắng: `decide`: ghi vào danh sách, không thuộc hồ sơ nào; `keep`: theo giấy tờ chứa nó;"
        " `ask`: hỏi người",
        "blank pages: `decide`: listed, in no record; `keep`: with the paper they lie in;"
        " `ask`: a person looks at each",
    ),
    "trash_days": Message(
        "giấy tờ đã rút được giữ ít nhất bấy nhiêu ngày", "how many days a withdrawn paper is kept at least"
    ),
    "office": Message(
        "giấy tờ mà `digitize` đọc, và những gì không thuộc cơ quan nào, là của cơ quan này; để trống: cả kho là một",
        "whose papers are that `digitize` reads, and all that belongs to no office; empty: this installation is one"
        " archive",
    ),
    "checkpoint_key": Message(
        "tệp khóa ký mốc kiểm tra, để ngoài thư mục kho, tốt nhất trên thiết bị chỉ cắm khi ký",
        "file of the key that signs checkpoints, outside home, best on a medium that is there only while it signs",
    ),
    "checkpoint_public": Message(
        "nửa công khai của khóa, như `hotich checkpoint` in ra; để trống: khóa của mốc đầu tiên",
        "its public half as `hotich checkpoint` prints it; empty: the key of the first checkpoint",
    ),
    "checkpoint_copies": Message(
        "thư mục ở máy hoặc thiết bị khác giữ bản thứ hai của mốc kiểm tra; phải có đó khi chạy `verify`",
        "folder of another machine or medium where checkpoints are kept a second time; it must be there when `verify`"
        " runs",
    ),
    "time_stamp_url": Message(
        "địa chỉ cơ quan cấp dấu thời gian (RFC 3161) xác nhận các mốc; để trống: không có",
        "address of a time-stamp authority (RFC 3161) that countersigns checkpoints; empty: none does",
    ),
    "time_stamp_roots": Message(
        "tệp PEM chứng thư gốc của cơ quan đó; `verify` dùng để kiểm dấu thời gian",
        "PEM file of the certificates that the authority's own goes back to; `verify` holds stamps against it",
    ),
    "sign_office": Message(
        "tên cơ quan ghi trên bản sao có ký số; để trống: tên của `office`, nếu không có thì tên trên chứng thư",
        "the office's name on signed copies; empty: that of `office`, else the certificate's",
    ),
    "sign_pkcs12": Message(
        "tệp PKCS#12 (.p12, .pfx) có khóa và chứng thư của cơ quan để ký bản sao; để trống: chứng thư THỬ NGHIỆM",
        "PKCS#12 file (.p12, .pfx) with the office's key and certificate, to sign copies with; empty: a TEST one",
    ),
    "sign_password": Message(
        "mật khẩu của tệp đó, hoặc mã PIN của thiết bị ký", "the file's password, or the signing device's PIN"
    ),
    "sign_pkcs11_module": Message(
        "thư viện PKCS#11 của thiết bị ký (.so); thay cho `sign_pkcs12`",
        "PKCS#11 library of a signing device (.so), in place of `sign_pkcs12`",
    ),
    "sign_pkcs11_token": Message("nhãn của token; để trống: token duy nhất", "the token's label; empty: the only one"),
    "sign_pkcs11_certificate": Message("nhãn của chứng thư trên token", "label of the certificate on the token"),
    "sign_roots": Message(
        "tệp PEM chứng thư gốc mà chữ ký phải dẫn về: của cơ quan, và của giấy tờ điện tử nộp vào",
        "PEM file of the root certificates of signatures: the office's own, and those of signed papers that come in",
    ),
    "incoming_revocation": Message(
        "thư mục có các tệp .crl của nơi cấp chứng thư, để xét chữ ký trên giấy tờ nộp vào; không hỏi qua mạng",
        "a folder of .crl files by which signatures of papers that come in are judged; nobody is asked",
    ),
    "sign_revocation": Message(
        "`fetch`: hỏi nơi chứng thư chỉ ra; hoặc thư mục có các tệp .crl; khi đó chữ ký là PAdES B-LTA",
        "`fetch`: asked for where certificates say; or a folder of .crl files; signatures are then PAdES B-LTA",
    ),
    "service_key": Message(
        "64 chữ số hex, gốc của mọi bí mật của dịch vụ; để trống: `service.key` trong thư mục kho, tạo ở lần đầu",
        "64 hexadecimal digits that everything secret of the service is drawn from; empty: `service.key` in the home"
        " folder, made at first use",
    ),
    "trusted_proxies": Message(
        "địa chỉ, cách nhau dấu phẩy, được tin khi cho biết địa chỉ người gọi; kết nối của chúng là của nhiều người nên"
        " không bị giới hạn theo địa chỉ",
        "addresses, separated by commas, whose word about a caller's address is believed, and whose connections are"
        " those of many: no bound per address holds for them",
    ),
    "public_url": Message(
        "địa chỉ người dùng mở; với `https://` cookie buộc vào TLS và tên máy",
        "where people reach the service; with `https://` cookies are bound to TLS and host",
    ),
    "webhook_networks": Message(
        "mạng (CIDR, cách nhau dấu phẩy) mà thông báo được gửi tới ngoài địa chỉ công khai",
        "networks (CIDR, separated by commas) that webhooks may go to besides public addresses",
    ),
    "smtp_host": Message("máy chủ thư; để trống: không gửi thư", "mail server; empty: no e-mail"),
    "smtp_port": Message("cổng của máy chủ thư", "port of the mail server"),
    "smtp_tls": Message("`starttls`, `tls` hoặc `none`", "`starttls`, `tls` or `none`"),
    "smtp_user": Message("tên đăng nhập máy chủ thư", "login at the mail server"),
    "smtp_password": Message("mật khẩu máy chủ thư", "password at the mail server"),
    "smtp_from": Message("người gửi; để trống: `hotich@` và tên máy", "sender; empty: `hotich@` and the host"),
    "sms_folder": Message(
        "thư mục mà cổng SMS lấy tin; để trống: không nhắn tin",
        "folder that an SMS gateway takes messages from; empty: no SMS",
    ),
    "clamd": Message(
        "đường dẫn socket hoặc `máy:cổng`; để trống: không quét mã độc tệp gửi lên",
        "path of its socket or `host:port`; empty: uploads are not scanned for malware",
    ),
    "oidc_issuer": Message(
        "địa chỉ hệ thống định danh, đúng từng ký tự như nó ký; để trống: chỉ tài khoản tại chỗ",
        "address of the identity provider, exactly as it signs; empty: local accounts only",
    ),
    "oidc_client_id": Message(
        "mã ứng dụng mà hệ thống định danh cấp cho hotich", "the id that the identity provider gave hotich"
    ),
    "oidc_client_secret": Message(
        "bí mật đi cùng mã đó; thiếu một trong ba thì không hiện nút đăng nhập qua hệ thống định danh",
        "the secret that goes with it; while one of the three is missing the sign-in page does not offer the provider",
    ),
    "session_idle_minutes": Message(
        "phiên đăng nhập kết thúc sau bấy nhiêu phút không dùng; trang chỉ để mở không tính là dùng",
        "a session ends so many minutes after it was used last; a page that only stands open is no use",
    ),
    "session_hours": Message(
        "và chậm nhất sau bấy nhiêu giờ từ khi đăng nhập", "and so many hours after it began, at the latest"
    ),
    "page_language": Message(
        "ngôn ngữ các trang khi trình duyệt chưa chọn: `both` (tiếng Việt trước, tiếng Anh sau), `vi`, `en`",
        "language of pages in a browser that chose none: `both` (Vietnamese first), `vi`, `en`",
    ),
    "citizen_page": Message(
        "người dân có được nộp qua trang không cần tài khoản không",
        "whether people may hand in by the page without an account",
    ),
    "citizen_office": Message(
        "cơ quan nhận những gì người dân nộp; để trống: theo `office`",
        "the office that what they hand in belongs to; empty: that of `office`",
    ),
    "citizen_per_hour": Message(
        "số hồ sơ mỗi giờ từ một địa chỉ qua trang đó", "submissions an hour from one address by that page"
    ),
}
